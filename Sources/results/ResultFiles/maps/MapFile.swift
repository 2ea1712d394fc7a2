import EditJobs
import Files
import Foundation
public import RunMeasures
import Safetensors

/// The attention map of one site, as it was read.
public struct StoredMap: Sendable, Hashable {
  /// Whose it is, and its shape.
  public var facts: MapFacts
  /// The numbers, row-major.
  public var bytes: [UInt8]

  /// Makes a map.
  public init(_ facts: MapFacts, bytes: [UInt8]) { (self.facts, self.bytes) = (facts, bytes) }
}

/// Why a stored map cannot be used. Never fatal: maps can be computed again.
public enum MapDamage: Error, Sendable, Hashable {
  /// There is no such file, or no such site in it.
  case missing
  /// The file is not what was written; what is wrong.
  case bad(String)
}

/// The maps of one pass of a source, a safetensors file with the CRC-32 of every tensor, as
/// `MapFileWriter` wrote it.
///
/// It is read by `pread` into the caller's memory and checked there: a mapped file that shrinks would
/// end the process. Maps are rebuildable and therefore not synced.
public final class MapFile: Sendable {
  private struct Entry: Sendable {
    var shape: [Int]
    var element: MapElement
    var range: Range<Int>
    var checksum: UInt32
  }

  private let file: OpenFile
  private let entries: [String: Entry]

  /// Opens the maps of a pass and checks their header; throws `MapDamage`, also where they were made
  /// by other arithmetic than `numerics` says. `nil` is for who only shows them.
  public init(source: UnitFolder, pass: Int, numerics: String?) throws(MapDamage) {
    let path = source.maps(pass: pass)
    do {
      file = try OpenFile(path, .read)
    } catch {
      throw error.isMissing ? .missing : .bad(error.description)
    }
    do {
      entries = try Self.header(file, key: source.key, pass: pass, numerics: numerics)
    } catch let error as MapDamage {
      throw error
    } catch {
      throw .bad("\(path): \(error)")
    }
  }

  /// The sites of the file, sorted.
  public var sites: [String] { entries.keys.sorted() }

  /// Heads, queries, keys of a site; `nil` where it is not stored.
  public func shape(_ site: String) -> [Int]? { entries[site]?.shape }

  /// How a site's numbers are stored; `nil` where it is not stored.
  public func element(_ site: String) -> MapElement? { entries[site]?.element }

  /// Reads a site's map into memory of just its size and checks it; throws `MapDamage`.
  public func read(_ site: String, into buffer: UnsafeMutableRawBufferPointer) throws(MapDamage) {
    guard let entry = entries[site] else { throw .missing }
    guard buffer.count == entry.range.count else {
      throw .bad("\(file.path): \(site) has \(entry.range.count) bytes, not \(buffer.count)")
    }
    let count: Int
    do {
      count = try file.read(into: buffer, at: entry.range.lowerBound)
    } catch {
      throw .bad(error.description)
    }
    guard count == buffer.count,
      Checksum.crc32(UnsafeRawBufferPointer(buffer)) == entry.checksum
    else { throw .bad("\(file.path): \(site) does not match its checksum") }
  }

  /// Reads a site's map and checks it; throws `MapDamage`.
  public func read(_ site: String) throws(MapDamage) -> StoredMap {
    guard let entry = entries[site] else { throw .missing }
    var bytes = [UInt8](repeating: 0, count: entry.range.count)
    let damage = bytes.withUnsafeMutableBytes { buffer -> MapDamage? in
      do throws(MapDamage) {
        try read(site, into: buffer)
        return nil
      } catch {
        return error
      }
    }
    if let damage { throw damage }
    return StoredMap(
      MapFacts(site: site, shape: entry.shape, element: entry.element), bytes: bytes)
  }

  private struct Described: Decodable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  private enum Member: Decodable {
    case tensor(Described)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      if let tensor = try? Described(from: decoder) {
        self = .tensor(tensor)
      } else {
        self = .metadata(try [String: String](from: decoder))
      }
    }
  }

  private static func header(
    _ file: borrowing OpenFile, key: Key, pass: Int, numerics: String?
  ) throws -> [String: Entry] {
    func bad(_ what: String) -> MapDamage { .bad("\(file.path): \(what)") }
    let size = try file.size()
    let prefix = try file.read(8, at: 0)
    guard prefix.count == 8 else { throw bad("ends early") }
    let length = prefix.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= UInt64(max(0, size - 8)), length <= 1 << 20 else { throw bad("ends early") }
    let start = 8 + Int(length)
    let json = try file.read(Int(length), at: 8)
    let members = try JSONDecoder().decode([String: Member].self, from: Data(json))
    guard case .metadata(let metadata)? = members["__metadata__"], metadata["format"] == "1",
      metadata["key"] == key.description, metadata["pass"] == String(pass)
    else { throw bad("is not the maps of pass \(pass) of \(key.short)") }
    let made = metadata["numerics"] ?? "unknown"
    if let numerics, made != numerics { throw bad("is of \(made) numerics, not \(numerics)") }
    var entries: [String: Entry] = [:]
    for case (let site, .tensor(let tensor)) in members {
      guard let element = ["F16": MapElement.f16, "F32": .f32][tensor.dtype],
        tensor.shape.count == 3, tensor.shape.allSatisfy({ (1...1 << 20).contains($0) }),
        tensor.data_offsets.count == 2,
        let checksum = metadata["crc32.\(site)"].flatMap(UInt32.init),
        0 <= tensor.data_offsets[0], tensor.data_offsets[1] <= size - start,
        tensor.data_offsets[1] - tensor.data_offsets[0]
          == tensor.shape.reduce(element.byteCount, *)
      else { throw bad("\(site) does not fit the file") }
      entries[site] = Entry(
        shape: tensor.shape, element: element,
        range: (start + tensor.data_offsets[0])..<(start + tensor.data_offsets[1]),
        checksum: checksum)
    }
    return entries
  }
}
