import EditJobs
public import Files
import Foundation

/// A request as the job table keeps it, in canonical JSON with every value spelt out: equal requests
/// give equal texts.
///
/// The client's key and the cap are not part of it: they say how to submit, not what.
public struct StoredRequest: Hashable, Sendable {
  /// An axis with its values in order.
  struct Axis: Hashable, Codable {
    var name: String
    var values: [String]
    /// What varies together with it; `nil` for nothing.
    var zip: [Axis]?
  }

  /// A model by its folder and its digest.
  struct Model: Hashable, Codable {
    var folder: String?
    var digest: String?
  }

  /// A photograph by its name and the hash of its file; `nil` where it was not read.
  struct Photograph: Hashable, Decodable {
    var file: String
    var sha256: String?
  }

  /// Settings of one value that stand there by themselves, by the names of their members.
  var scalars: [String: StoredScalar] = [:]
  /// The values of settings that were said and are no axes, by their names.
  var settings: [String: [String]] = [:]
  /// Width and height; empty for the model's own.
  var size: [Int] = []
  /// The axes of the grid.
  var axes: [Axis] = []
  /// The models, each once.
  var models: [Model] = []
  /// The photograph, where there is one and it does not vary.
  var image: Photograph?
  /// The photographs by what was typed for them, where they vary.
  var images: [String: Photograph]?
  /// The names of native kernels.
  var kernels: String?
  /// What is left out.
  var exclude: [[String: [String]]]?

  /// A request of nothing.
  init() {}

  /// Reads a request out of the job table.
  ///
  /// - Throws: `request-unreadable` (65) where it is not one of ours.
  public init(json: String) throws(EditError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    } catch {
      let place = (error as? DecodingError).flatMap(Self.place) ?? "request"
      throw EditError("request-unreadable", .data, "the sweep's \(place) cannot be read")
    }
  }

  /// The member where decoding ended.
  private static func place(_ error: DecodingError) -> String? {
    switch error {
    case .typeMismatch(_, let at), .valueNotFound(_, let at), .keyNotFound(_, let at),
      .dataCorrupted(let at):
      at.codingPath.first?.stringValue
    @unknown default: nil
    }
  }

  /// The canonical JSON.
  ///
  /// - Throws: `request-unwritable` (70), which none of its values leads to.
  var json: String {
    get throws(EditError) {
      do { return try CanonicalJSON(self).text(blanks: .byNumber) } catch {
        throw EditError("request-unwritable", .software, "the request cannot be kept: \(error)")
      }
    }
  }
}

extension StoredRequest: Codable {
  /// Members that are no setting of one value.
  private enum Member: String {
    case p2p, size, axes, settings, model, digest, models, image, images, kernels, exclude
  }

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(_ member: Member) { stringValue = member.rawValue }
  }

  /// Reads what the job table has; requests of before some member was there lack it.
  public init(from decoder: any Decoder) throws {
    self.init()
    let object = try decoder.container(keyedBy: Name.self)
    func member<Value: Decodable>(_ name: Member) throws -> Value? {
      try object.decodeIfPresent(Value.self, forKey: Name(name))
    }
    settings = try member(.settings) ?? [:]
    size = try member(.size) ?? []
    axes = try member(.axes) ?? []
    models = try member(.models) ?? []
    if let folder: String = try member(.model) {
      models = [Model(folder: folder, digest: try member(.digest))]
    }
    (image, images) = (try member(.image), try member(.images))
    (kernels, exclude) = (try member(.kernels), try member(.exclude))
    for key in object.allKeys where Member(rawValue: key.stringValue) == nil {
      scalars[key.stringValue] = try object.decode(StoredScalar.self, forKey: key)
    }
    splitThresholds()
  }

  /// Once both thresholds stood in one text.
  private mutating func splitThresholds() {
    let (first, second) = (Setting.blendThreshold, Setting.blendSubtractThreshold)
    guard case .text(let text) = scalars[first.storedName] else { return }
    let parts = AxisItems.split(text)
    guard parts.count == 2 else { return }
    scalars[first.storedName] = .text(parts[0])
    scalars[second.storedName] = .text(parts[1])
  }

  /// Writes every member that has something to say.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Name.self)
    for (name, value) in scalars { try object.encode(value, forKey: Name(stringValue: name)) }
    try object.encode(1, forKey: Name(.p2p))
    try object.encode(size, forKey: Name(.size))
    try object.encode(axes, forKey: Name(.axes))
    try object.encode(settings, forKey: Name(.settings))
    if models.count == 1 {
      try object.encodeIfPresent(models[0].folder, forKey: Name(.model))
      try object.encodeIfPresent(models[0].digest, forKey: Name(.digest))
    } else {
      try object.encode(models, forKey: Name(.models))
    }
    try object.encodeIfPresent(image, forKey: Name(.image))
    try object.encodeIfPresent(images, forKey: Name(.images))
    try object.encodeIfPresent(kernels, forKey: Name(.kernels))
    try object.encodeIfPresent(exclude, forKey: Name(.exclude))
  }
}

extension StoredRequest.Photograph: Encodable {
  private enum CodingKeys: CodingKey { case file, sha256 }

  /// Writes the hash as null where there is none.
  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(file, forKey: .file)
    try object.encode(sha256, forKey: .sha256)
  }
}
