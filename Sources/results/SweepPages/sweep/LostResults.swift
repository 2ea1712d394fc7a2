public import EditJobs
public import Files
import Glibc
public import JobStore
public import ResultFiles

/// Results that the job table calls done and whose files are not there: a folder that was removed, a
/// file that is empty or shorter than its manifest says.
///
/// Files are not read, but for manifests: what has other bytes of the same size is not noticed.
public struct LostResults: Sendable {
  /// A unit whose files are not what its manifest promises.
  public struct Loss: Sendable, Hashable {
    /// The unit.
    public var key: Key
    /// Its folder.
    public var folder: String
    /// What is wrong with it.
    public var damage: Manifest.Damage
  }

  private let results: ResultFolder

  /// Looks in a results folder.
  public init(_ results: ResultFolder) { self.results = results }

  /// The lost ones among the done variants of some cells and their sources, each once; throws
  /// `FileError` where that cannot be told.
  public func among(_ cells: [CellRow]) throws(FileError) -> [Loss] {
    var seen: Set<Key> = []
    var units: [UnitFolder] = []
    for cell in cells where cell.state == .done {
      let source = cell.variant.source.map(results.source)
      for unit in [source, results.variant(cell.variant.key)] {
        if let unit, seen.insert(unit.key).inserted { units.append(unit) }
      }
    }
    do { return try units.concurrentMap(Self.loss).compactMap(\.self) } catch let error as FileError
    {
      throw error
    } catch {
      throw FileError("stat", results.path, EIO)
    }
  }

  /// What is wrong with a unit's files; `nil` where nothing is.
  private static func loss(_ unit: UnitFolder) throws -> Loss? {
    do {
      try Manifest.look(at: unit, evictable: unit.kind == .variant ? ["trajectory.bin"] : [])
      return nil
    } catch let damage as Manifest.Damage {
      return Loss(key: unit.key, folder: unit.path, damage: damage)
    }
  }

  /// Has the lost ones among some cells' results made again; returns those that will be.
  ///
  /// - Throws: what the job table throws, `FileError`s as what a person is told, and `results-missing`
  ///   (66) where there is no folder of variants at all: a disk that is not mounted is no loss.
  public func remake(
    _ cells: [CellRow], in store: JobStore, now: Int64
  ) throws(EditError) -> [Loss] {
    let losses: [Loss]
    do throws(FileError) { losses = try among(cells) } catch { throw error.editError }
    var facts = stat()
    guard losses.isEmpty || stat(results.variants, &facts) == 0 else {
      throw EditError(
        "results-missing", .missing,
        "\(losses.count) results are called done, and \(results.variants) is not there",
        hint: "mount its disk, or mkdir \(results.variants) to have them made again")
    }
    let remade = Set(try store.damaged(losses.map(\.key), now: now))
    return losses.filter { remade.contains($0.key) }
  }
}
