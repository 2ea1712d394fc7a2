/// Fields of a UNet's config that are one value for all levels, or a list with one for each; the lists
/// of the way up are the same ones, read backwards.
struct UNetLevels {
  private let file: ConfigFile
  private let downAttends: [Bool]
  /// Coarsest first.
  private let upAttends: [Bool]
  private let midAttends: Bool
  private let layersPerBlock: [Int]

  init(
    _ file: ConfigFile, downAttends: [Bool], upAttends: [Bool], midAttends: Bool,
    layersPerBlock: [Int]
  ) {
    (self.file, self.downAttends, self.upAttends) = (file, downAttends, upAttends)
    (self.midAttends, self.layersPerBlock) = (midAttends, layersPerBlock)
  }

  private var levels: Int { downAttends.count }

  /// Whether attention on the way down or up is at a level.
  private func attends(_ level: Int) -> Bool {
    downAttends[level] || upAttends[levels - 1 - level]
  }

  /// Refuses `only_cross_attention` where a block attends: its self-attention would look at the text.
  func refuseSelfAttentionToText() throws {
    let field = "only_cross_attention"
    var values = try? file.optional(field, as: [Bool].self)
    if values == nil { values = Array(repeating: try file(field, false), count: levels) }
    guard let values, values.count == levels else {
      throw file.wrong(
        field, "\(values?.count ?? 0) values for \(levels) levels of block_out_channels")
    }
    if let level = values.indices.first(where: { values[$0] && attends($0) }) {
      throw file.unsupported(
        field,
        "level \(level + 1) of \(levels) attends to the text alone, without self-attention, which is not "
          + "supported")
    }
  }

  /// Channels of the text's states, which are the same wherever a block attends.
  func contextChannels() throws -> Int {
    let field = "cross_attention_dim"
    let channels = try file.perLevel(field, 1280, levels: levels)
    let read = (0..<levels).filter { attends($0) || midAttends && $0 == levels - 1 }
      .map { channels[$0] }
    guard let first = read.first else { return channels[0] }
    guard read.allSatisfy({ $0 == first }) else {
      throw file.unsupported(
        field,
        "\(channels): levels that attend to texts of different width are not supported: the text "
          + "encoders give one")
    }
    return first
  }

  /// Transformer blocks of each attention layer: of each level on the way down, of the middle, and of
  /// each level on the way up, coarsest first.
  ///
  /// A level's entry may be a list with a number for each of its layers. Where one is, the way up has a
  /// field of its own, as in diffusers.
  func transformerLayers() throws -> (down: [[Int]], mid: Int, up: [[Int]]) {
    let (field, upField) = ("transformer_layers_per_block", "reverse_transformer_layers_per_block")
    let given = try file.optional(field, as: LayerCounts.self) ?? .one(1)
    guard let entries = given.entries(levels: levels) else {
      throw file.wrong(field, "\(given) are not one number for each of \(levels) levels")
    }
    var upEntries = Array(entries.reversed())
    if let own = try file.optional(upField, as: LayerCounts.self) {
      guard case .list(let list) = own, list.count == levels else {
        throw file.wrong(upField, "\(own) are not one entry for each of \(levels) levels")
      }
      upEntries = list
    } else if entries.contains(where: \.isList) {
      throw file.wrong(upField, "it is missing, and \(field) has lists for single levels")
    }
    let down = try (0..<levels).map {
      try layers(entries[$0], layersPerBlock[$0], field, where: downAttends[$0])
    }
    let up = try (0..<levels).map {
      try layers(
        upEntries[$0], layersPerBlock[levels - 1 - $0] + 1,
        file.has(upField) ? upField : field, where: upAttends[$0])
    }
    // The middle has one layer, for which a list's first number counts.
    let mid = try layers(entries[levels - 1], 1, field, where: midAttends, orMore: true)
    return (down, mid[0], up)
  }

  /// The numbers of `count` layers; whatever stands there counts for nothing where no block attends.
  private func layers(
    _ entry: LayerCounts, _ count: Int, _ field: String, where attends: Bool, orMore: Bool = false
  ) throws -> [Int] {
    guard attends else { return Array(repeating: 0, count: count) }
    guard let numbers = entry.entries(levels: count, orMore: orMore)?.compactMap(\.number),
      numbers.count == count, numbers.allSatisfy({ (1...ConfigFile.mostLayers).contains($0) })
    else {
      throw file.wrong(
        field,
        "\(entry) is no number from 1 to \(ConfigFile.mostLayers) for each of \(count) layers")
    }
    return numbers
  }
}

/// A number, or a list of such.
private enum LayerCounts: Decodable, CustomStringConvertible {
  case one(Int)
  case list([LayerCounts])

  init(from decoder: any Swift.Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      self = .one(number)
    } else {
      self = .list(try value.decode([LayerCounts].self))
    }
  }

  var number: Int? { if case .one(let number) = self { number } else { nil } }
  var isList: Bool { number == nil }

  /// One entry for each of `levels`; `nil` where a list has fewer, or more that are not wanted.
  func entries(levels: Int, orMore: Bool = false) -> [LayerCounts]? {
    switch self {
    case .one: return Array(repeating: self, count: levels)
    case .list(let list):
      guard list.count == levels || orMore && list.count > levels else { return nil }
      return Array(list.prefix(levels))
    }
  }

  var description: String {
    switch self {
    case .one(let number): "\(number)"
    case .list(let list): "[\(list.prefix(20).map(\.description).joined(separator: ", "))]"
    }
  }
}
