/// A line that a worker reads: `{"order": {…}}`, `{"drop": {"unit": "…"}}` or `{"stop": {}}`.
public enum WorkerCommand: Codable, Sendable, Hashable {
  /// Do this.
  case order(WorkOrder)
  /// Leave a unit at the next step edge.
  case drop(unit: Key)
  /// Leave everything at the next step edge and exit 0.
  case stop

  private enum Name: String, CodingKey { case order, drop, stop }
  private enum DropName: String, CodingKey { case unit }
  private struct Nothing: Codable {}

  /// Reads a command; unknown ones are errors.
  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: Name.self)
    if object.contains(.order) {
      self = .order(try object.decode(WorkOrder.self, forKey: .order))
    } else if object.contains(.drop) {
      let drop = try object.nestedContainer(keyedBy: DropName.self, forKey: .drop)
      self = .drop(unit: try drop.decode(Key.self, forKey: .unit))
    } else if object.contains(.stop) {
      self = .stop
    } else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not order, drop or stop"))
    }
  }

  /// Writes a command.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Name.self)
    switch self {
    case .order(let order): try object.encode(order, forKey: .order)
    case .drop(let unit):
      var drop = object.nestedContainer(keyedBy: DropName.self, forKey: .drop)
      try drop.encode(unit, forKey: .unit)
    case .stop: try object.encode(Nothing(), forKey: .stop)
    }
  }
}
