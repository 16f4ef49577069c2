import { defineApp } from '../app/options.js'

/** The app behind `future.get(key)`: one item of what a task came to. */
export const PICK = defineApp(
  {
    name: 'get',
    kind: 'js',
    internal: true,
    body: ((value: Record<PropertyKey, unknown>, key: PropertyKey) => value[key]) as never,
  },
  {},
)
