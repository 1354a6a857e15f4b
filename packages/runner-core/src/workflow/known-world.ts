import type { ModelKind } from '../models/models.ts'
import type { LensDocument } from './document.ts'

/** What there is besides the document, where it is to be held against that. What is left out is not checked. */
export interface KnownWorld {
  /** The lens versions that its owner may run, by lens_version_id. */
  lenses?: ReadonlyMap<string, LensDocument>
  /** The workflows that its owner may run. */
  workflows?: ReadonlySet<string>
  /** What drivers that run now can do beyond edge functions. */
  capabilities?: ReadonlySet<string>
  /** The owner's connections: credential_id to provider. */
  connections?: ReadonlyMap<string, string>
  /** The model of a node that names none. */
  defaultModels?: Readonly<Partial<Record<ModelKind, string>>>
  /** YYYY-MM-DD, for models that will be shut down. Left out: every model with such a day is told. */
  today?: string
}
