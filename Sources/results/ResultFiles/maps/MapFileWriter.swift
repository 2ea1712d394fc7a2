import EditJobs
public import Files
import Glibc
public import RunMeasures
import Safetensors
import Synchronization

/// Writes the maps of one pass of a source while the pass goes on: each where it belongs, as it comes,
/// in any order and from any thread. The file's bytes depend on the maps alone.
///
/// Until `finish` the file has a temporary name. The header stands before the data and has their
/// checksums, so these are written with ten digits: its length is known before they are. Maps can be
/// made again and are therefore not synced.
public final class MapFileWriter: Sendable {
  /// The file while it is being written.
  private final class Draft: Sendable {
    let file: OpenFile
    let places: [String: Range<Int>]

    init(_ path: String, _ places: [String: Range<Int>]) throws(FileError) {
      file = try OpenFile(path, .create)
      self.places = places
    }
  }

  private struct State {
    var draft: Draft?
    var checksums: [String: UInt32] = [:]
    var failure: FileError?
  }

  private let maps: [MapFacts]
  private let source: UnitFolder
  private let pass: Int
  private let numerics: String
  private let temporary: String
  private let state = Mutex(State())

  /// Prepares a file of just these maps; it is opened with the first of them. `numerics` says whose
  /// arithmetic makes them, as the source's trajectory does.
  public init(_ maps: [MapFacts], source: UnitFolder, pass: Int, numerics: String) {
    precondition(!maps.isEmpty, "a pass without maps has no file")
    (self.maps, self.source, self.pass) = (maps, source, pass)
    self.numerics = numerics
    temporary = DurableFile.unfinishedName(beside: source.maps(pass: pass))
    CrashPoint.pass("maps.before")
  }

  /// Writes the numbers of a site's map, row-major. What goes wrong is thrown by `finish`, and nothing
  /// more is written.
  public func write(_ site: String, _ bytes: UnsafeRawBufferPointer) {
    let checksum = Checksum.crc32(bytes)
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(FileError) {
        if state.draft == nil { state.draft = try Draft(temporary, places()) }
        guard let draft = state.draft else { return }
        guard let place = draft.places[site], place.count == bytes.count,
          state.checksums.updateValue(checksum, forKey: site) == nil
        else { preconditionFailure("\(bytes.count) bytes of \(site) have no place") }
        try draft.file.write(bytes, at: place.lowerBound)
        if state.checksums.count == maps.count {
          try draft.file.write(layout(state.checksums).header(), at: 0)
        }
      } catch {
        state.failure = error
        drop(&state)
      }
    }
  }

  /// Puts the file in its place, after every map was written; throws `FileError` where a write or this
  /// failed, and then nothing is left.
  public func finish() throws(FileError) {
    let failure = state.withLock { state -> FileError? in
      if let failure = state.failure { return failure }
      precondition(state.checksums.count == maps.count, "a pass has all its maps")
      do throws(FileError) {
        try DurableFile.move(temporary, to: source.maps(pass: pass))
        state.draft = nil
        return nil
      } catch {
        state.failure = error
        drop(&state)
        return error
      }
    }
    if let failure { throw failure }
    CrashPoint.pass("maps.after")
  }

  /// Gives the file up: the pass failed.
  public func abandon() { state.withLock { drop(&$0) } }

  deinit { abandon() }

  private func drop(_ state: inout State) {
    guard state.draft != nil else { return }
    unlink(temporary)
    state.draft = nil
  }

  /// The file's tensors, and what is said of them before their data.
  private func layout(_ checksums: [String: UInt32]) -> SafetensorsWriter {
    var metadata = [
      "format": "1", "key": source.key.description, "pass": String(pass), "numerics": numerics,
    ]
    for map in maps {
      let digits = String(checksums[map.site] ?? 0)
      metadata["crc32.\(map.site)"] = String(repeating: "0", count: 10 - digits.count) + digits
    }
    var writer = SafetensorsWriter(metadata: metadata)
    for map in maps { writer.declare(map.site, map.element.stored, shape: map.shape) }
    return writer
  }

  /// Where the data of each map stands.
  private func places() -> [String: Range<Int>] {
    let (layout, sizes) = (layout([:]), maps.map { ($0.site, $0.byteCount) })
    let bytes = Dictionary(uniqueKeysWithValues: sizes)
    var end = layout.header().count
    var places: [String: Range<Int>] = [:]
    for site in layout.order {
      let start = end
      end += bytes[site] ?? 0
      places[site] = start..<end
    }
    return places
  }
}

extension MapElement {
  fileprivate var stored: StoredType { self == .f16 ? .float16 : .float32 }
}
