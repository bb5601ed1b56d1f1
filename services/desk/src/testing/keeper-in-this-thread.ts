import { MessageChannel } from 'node:worker_threads'
import { keepUp } from '../keeping/keeper.ts'
import type { StartKeeper } from '../keeping/start-keeper.ts'

/** Keeps views as the thread does, but in this one, from a record that a test has made. */
export function keeperInThisThread(openRecord: Parameters<typeof keepUp>[0]['openRecord']): StartKeeper {
  return (data) => {
    const { port1, port2 } = new MessageChannel()
    const { promise: ended, resolve } = Promise.withResolvers<unknown>()
    port1.on('close', () => resolve(undefined))
    keepUp({ ...data, port: port2, openRecord }).catch(resolve)
    return {
      port: port1,
      ended,
      async terminate() {
        port2.close()
      },
    }
  }
}
