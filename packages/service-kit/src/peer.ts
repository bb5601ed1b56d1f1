import { BlockList } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** True for an address of this machine itself, the IPv4 ones also as IPv6 writes them. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  return loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}
