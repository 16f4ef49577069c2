import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a port that can be cut. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Connections made so far. */
  readonly count: () => number
  /** Breaks all that is connected. */
  cut(): void
}

export const startProxy = async (to: number): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((near) => {
    count++
    const far = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => undefined)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    count: () => count,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
