import { describe } from 'vitest'
import { htexSuites } from './htex-suites.js'

describe('threads, encrypted', () => {
  htexSuites({ workers: 'threads' })
})
