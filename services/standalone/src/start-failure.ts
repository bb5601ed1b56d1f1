import { DataFolderError } from './data-folder.ts'

/** What to print, and how to exit, when the service could not start: what is wrong and what to do, without a stack where it would not help. */
export function startFailure(error: unknown): { readonly message: string; readonly exitCode: number } {
  const { code, port, address, hostname } = (error ?? {}) as {
    code?: string
    port?: number
    address?: string
    hostname?: string
  }
  if (code === 'EADDRINUSE') {
    return {
      message: `Port ${port} on ${address} is taken by another program. Stop it, or choose another port: npm start -- --port 0 takes a free one.`,
      exitCode: 1,
    }
  }
  if (code === 'EACCES' && port !== undefined) {
    return { message: `This user may not listen on port ${port}. Choose a port above 1023 with --port.`, exitCode: 1 }
  }
  // What is no address is looked up as a name, and not found, or nobody can be asked.
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      message: `This machine has no address ${address ?? hostname ?? ''}. Choose another with --host.`,
      exitCode: 1,
    }
  }
  // Errors of our own stores carry a stable code and say what to do.
  if (error instanceof Error && code?.includes('/')) return { message: `${error.message}\n(${code})`, exitCode: 1 }
  if (error instanceof DataFolderError) return { message: error.message, exitCode: 1 }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 1 }
}
