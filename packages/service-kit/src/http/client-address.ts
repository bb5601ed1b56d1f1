import ipaddr from 'ipaddr.js'

/**
 * What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, since whoever has one address of it has them all. An IPv4 address
 * that is written as IPv6 is the IPv4 address.
 */
export function clientAddress(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}
