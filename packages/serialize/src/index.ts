export { decodeValue, type DecodeOptions } from './decode/decode-value.js'
export { encodeValue, type EncodeOptions } from './encode/encode-value.js'
export { decodeError } from './errors/decode-error.js'
export { encodeError, type EncodeErrorOptions } from './errors/encode-error.js'
export type {
  AnyFunction,
  FunctionByCode,
  FunctionByName,
  FunctionDecoder,
  FunctionDescription,
  FunctionEncoder,
} from './functions.js'
export { createFunctions, type Functions, type FunctionsOptions } from './capture/create-functions.js'
