export * from './create-metrics.ts'
export * from './measure-requests.ts'
export * from './metrics-route.ts'
