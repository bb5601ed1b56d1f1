import { setFlagsFromString } from 'node:v8'

// Has V8 say of each collection, on standard output, what it did.
setFlagsFromString('--trace-gc')
setFlagsFromString('--trace-gc-nvp')
