/// A value that several threads read and none changes.
struct Mutexed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
