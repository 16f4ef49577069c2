'use strict'
Object.defineProperty(exports, '__esModule', { value: true })
exports.default = class Made {
  n() {
    return 3
  }
}
exports.Base = exports.default
exports.three = 3
