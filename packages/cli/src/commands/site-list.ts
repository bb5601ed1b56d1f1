import { defineCommand } from '../command.ts'
import { declareRegister, listRegister, type RegisterOptions } from '../list-register.ts'

export const siteList = defineCommand<RegisterOptions>({
  declare: (command) => declareRegister(command, 'sites'),
  run: async (context, _, options) => await listRegister(context, 'sites', options),
})
