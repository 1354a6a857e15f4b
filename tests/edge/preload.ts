/** What the platform adds to Deno's globals, loaded before the function. A background task that fails ends the process, so that a test sees it. */
Object.assign(globalThis, {
  EdgeRuntime: { waitUntil: <T>(promise: Promise<T>): Promise<T> => promise },
})
