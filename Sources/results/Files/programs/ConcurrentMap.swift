import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// What `transform` makes of each element, in order, made on all cores.
  ///
  /// For work of the calling thread that can be split: it waits until all of it is done. Throws the error
  /// of the first element that has one.
  public func concurrentMap<Value: Sendable>(
    _ transform: @Sendable (Element) throws -> Value
  ) throws -> [Value] {
    // Pieces small enough that no core waits long for the last.
    let size = Swift.max(1, Swift.min(256, count / 16))
    let pieces = (count + size - 1) / size
    let made = Mutex([Int: Result<[Value], any Error>]())
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      let part = self[(piece * size)..<Swift.min(count, (piece + 1) * size)]
      let result = Result { try part.map(transform) }
      made.withLock { $0[piece] = result }
    }
    let results = made.withLock { $0 }
    return try (0..<pieces).flatMap { try results[$0]?.get() ?? [] }
  }
}
