import { type AppFuture, jsApp, type Lift } from '../../src/index.js'
declare const one: AppFuture<number>
declare const p: Promise<number>
type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
const json = jsApp((value: Json) => value)
export const a1: Lift<Json> = one
export const a2: Lift<Json> = [one]
export const a3: Lift<Json> = { a: one }
export const a4: Lift<Json> = { a: [one] }
export const a5: Lift<Json> = { a: [one, { b: one }] }
json(one)
json([one])
json({ a: one })
json({ a: [one] })
json({ a: [p] })
json({ a: [p, { b: p }] })
json({ a: [one, { b: p }] })
