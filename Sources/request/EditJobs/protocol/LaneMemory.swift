/// What variants of one source take of a worker's memory, in bytes.
public struct LaneMemory: Sendable, Hashable {
  /// Most lanes of one order: more make no step faster, and an order should end within minutes.
  public static let mostLanes = 16

  /// The weights, all the time.
  public var weights: Int64
  /// One lane while a step runs.
  public var lane: Int64
  /// The source's maps of one pass, which all lanes share; they are held whole, read or made again.
  public var maps: Int64
  /// Decoding one picture. No step runs meanwhile.
  public var decoding: Int64

  /// Takes the parts.
  public init(weights: Int64, lane: Int64, maps: Int64, decoding: Int64) {
    (self.weights, self.lane, self.maps, self.decoding) = (weights, lane, maps, decoding)
  }

  /// The parts by a model's facts, which must be of the source's picture size.
  public init(_ facts: ModelFacts, _ source: SourceSpec) {
    self.init(
      weights: facts.weightBytes, lane: facts.laneBytes,
      maps: facts.mapBytesPerPass(of: source), decoding: facts.decodeBytes ?? 0)
  }

  /// The most that is held at a time: by a step of so many lanes, or by a picture that is decoded.
  public func peak(lanes: Int) -> Int64 {
    weights + max(Int64(lanes) * lane + maps, decoding)
  }

  /// The most lanes that fit, at least one: without it nothing would ever run.
  public func lanes(within memory: Int64) -> Int {
    Int(max(1, (memory - weights - maps) / max(1, lane)))
  }
}
