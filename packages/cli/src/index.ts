export { type Home, openHome } from './home.ts'
export { keepKey, openKey } from './keys.ts'
