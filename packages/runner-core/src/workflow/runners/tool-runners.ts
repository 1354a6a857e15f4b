import type { NodeRunner } from '../node-runner.ts'
import { codeRunner } from '../tools/code.ts'
import { emailSendRunner } from '../tools/email.ts'
import { storageDownloadRunner, storageUploadRunner } from '../tools/files.ts'
import { httpRequestRunner, webhookSenderRunner } from '../tools/http.ts'
import { discordNotifyRunner, slackNotifyRunner } from '../tools/notify.ts'
import { pdfRunner } from '../tools/pdf.ts'

/** What nodes of job kind workflow_tool do: each needs the outside, or a sandbox. */
export const toolRunners: Readonly<Record<string, NodeRunner>> = {
  http_request: httpRequestRunner,
  webhook_sender: webhookSenderRunner,
  slack_notify: slackNotifyRunner,
  discord_notify: discordNotifyRunner,
  email_send: emailSendRunner,
  object_storage_upload: storageUploadRunner,
  object_storage_download: storageDownloadRunner,
  code: codeRunner,
  lens: pdfRunner,
}
