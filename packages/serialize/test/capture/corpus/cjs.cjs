// A CommonJS file, as users have them.
const path = require('node:path')
const { sep } = path
exports.twice = function (x) {
  return helper(x)
}
exports.place = (name) => [path.join(__dirname, name), sep, typeof require('node:fs').statSync].join()
function helper(x) {
  return x * 2
}
