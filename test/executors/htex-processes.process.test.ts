import { describe } from 'vitest'
import { htexSuites } from './htex-suites.js'

describe('processes, encrypted', () => {
  htexSuites({})
})
