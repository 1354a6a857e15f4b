import article from '../documents/01-article.json' with { type: 'json' }
import imageBrief from '../documents/02-image-brief.json' with { type: 'json' }
import videoStoryboard from '../documents/03-video-storyboard.json' with { type: 'json' }
import lensChain from '../documents/04-lens-chain.json' with { type: 'json' }
import pressKit from '../documents/05-press-kit.json' with { type: 'json' }
import raceCheck from '../documents/06-race-check.json' with { type: 'json' }
import deepResearch from '../documents/07-deep-research.json' with { type: 'json' }
import researchPdf from '../documents/08-research-pdf.json' with { type: 'json' }
import mediaRouter from '../documents/09-media-router.json' with { type: 'json' }
import promptPlanner from '../documents/10-prompt-planner.json' with { type: 'json' }
import refine from '../documents/11-refine.json' with { type: 'json' }
import validateOutput from '../documents/12-validate-output.json' with { type: 'json' }
import orchestrator from '../documents/13-orchestrator.json' with { type: 'json' }
import reusablePatterns from '../documents/14-reusable-patterns.json' with { type: 'json' }
import fallback from '../documents/15-fallback.json' with { type: 'json' }
import summariseLong from '../documents/16-summarise-long.json' with { type: 'json' }
import textToImagePrompt from '../documents/17-text-to-image-prompt.json' with { type: 'json' }
import textToScenes from '../documents/18-text-to-scenes.json' with { type: 'json' }
import researchToSections from '../documents/19-research-to-sections.json' with { type: 'json' }
import styleControl from '../documents/20-style-control.json' with { type: 'json' }
import evaluate from '../documents/21-evaluate.json' with { type: 'json' }
import mergeBranches from '../documents/22-merge-branches.json' with { type: 'json' }
import typedContracts from '../documents/23-typed-contracts.json' with { type: 'json' }
import testPlan from '../documents/24-test-plan.json' with { type: 'json' }
import parallelChains from '../documents/25-parallel-chains.json' with { type: 'json' }
import battle from '../documents/battle.json' with { type: 'json' }
import debate from '../documents/debate.json' with { type: 'json' }

/** Every document of the pack, by its slug. */
export const documents: Readonly<Record<string, Record<string, unknown>>> = {
  '01-article': article,
  '02-image-brief': imageBrief,
  '03-video-storyboard': videoStoryboard,
  '04-lens-chain': lensChain,
  '05-press-kit': pressKit,
  '06-race-check': raceCheck,
  '07-deep-research': deepResearch,
  '08-research-pdf': researchPdf,
  '09-media-router': mediaRouter,
  '10-prompt-planner': promptPlanner,
  '11-refine': refine,
  '12-validate-output': validateOutput,
  '13-orchestrator': orchestrator,
  '14-reusable-patterns': reusablePatterns,
  '15-fallback': fallback,
  '16-summarise-long': summariseLong,
  '17-text-to-image-prompt': textToImagePrompt,
  '18-text-to-scenes': textToScenes,
  '19-research-to-sections': researchToSections,
  '20-style-control': styleControl,
  '21-evaluate': evaluate,
  '22-merge-branches': mergeBranches,
  '23-typed-contracts': typedContracts,
  '24-test-plan': testPlan,
  '25-parallel-chains': parallelChains,
  battle,
  debate,
}
