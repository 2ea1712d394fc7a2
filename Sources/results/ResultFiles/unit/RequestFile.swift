public import EditJobs
import Files
import Foundation
public import RunMeasures

/// The contents of `source.json`.
public struct SourceRequest: Sendable, Hashable, Codable {
  /// The version of the format.
  public var format = 1
  /// The source's key.
  public var key: Key
  /// What the source is.
  public var source: SourceSpec

  /// Describes a source.
  public init(_ source: SourceSpec) { (key, self.source) = (source.key, source) }

  /// The bytes of the file; throws `EncodingError`.
  public func bytes() throws -> [UInt8] { Array((try CanonicalJSON(self).text + "\n").utf8) }

  /// Reads a source's file; throws `FileError` or `DecodingError`.
  public static func read(_ unit: UnitFolder) throws -> SourceRequest {
    try JSONDecoder().decode(Self.self, from: Data(try OpenFile.contents(of: unit.request)))
  }
}

/// The contents of `variant.json`.
public struct VariantRequest: Sendable, Hashable, Codable {
  /// The version of the format.
  public var format = 1
  /// The variant's key.
  public var key: Key
  /// The source's key.
  public var sourceKey: Key
  /// What the source is.
  public var source: SourceSpec
  /// What the edit is.
  public var edit: ResolvedEdit
  /// How far the variant is from its source; `nil` where it was not measured.
  public var measures: Measures?

  private enum CodingKeys: String, CodingKey {
    case format, key, source, edit, measures
    case sourceKey = "source_key"
  }

  /// Describes a variant.
  public init(source: SourceSpec, edit: ResolvedEdit, measures: Measures? = nil) {
    (sourceKey, self.source, self.edit) = (source.key, source, edit)
    self.measures = measures
    key = edit.key(source: source.key)
  }

  /// The bytes of the file; throws `EncodingError`.
  public func bytes() throws -> [UInt8] { Array((try CanonicalJSON(self).text + "\n").utf8) }

  /// Reads a variant's file; throws `FileError` or `DecodingError`.
  public static func read(_ unit: UnitFolder) throws -> VariantRequest {
    try JSONDecoder().decode(Self.self, from: Data(try OpenFile.contents(of: unit.request)))
  }
}
