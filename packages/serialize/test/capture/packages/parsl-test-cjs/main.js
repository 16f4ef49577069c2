module.exports = function make() {
  return 'cjs'
}
module.exports.two = 2
module.exports.self = function () {
  return this === module.exports
}
