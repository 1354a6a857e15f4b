/** One error: the HTTP status it is answered with, whether trying again can help, and what to do. */
export interface ErrorEntry {
  status: number
  retryable: boolean
  title: string
  remedy: string
}
