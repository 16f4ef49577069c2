export { decodeValue, type DecodeOptions } from './decode/decode-value.js'
export { encodeValue, type EncodeOptions } from './encode/encode-value.js'
export { type ByteCache, createByteCache } from './byte-cache.js'
export { type CodeStore, createCodeStore } from './code-store.js'
export { CodesMissing, loadMissing } from './errors.js'
export { decodeError } from './errors/decode-error.js'
export { encodeError, type EncodeErrorOptions } from './errors/encode-error.js'
export type {
  AnyFunction,
  CodeText,
  FunctionByCode,
  FunctionByName,
  FunctionDecoder,
  FunctionDescription,
  FunctionEncoder,
} from './functions.js'
export type { Captured, OnChange } from './capture/captures.js'
export { createFunctions, type Functions, type FunctionsOptions } from './capture/create-functions.js'
export type { Anatomy, IdentityPart } from './identity/anatomy.js'
export { shownOf } from './identity/anatomy.js'
export type { IdentityOptions } from './identity/identify.js'
