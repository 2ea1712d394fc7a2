public import EditJobs
import Files
import Foundation
import Imaging
public import JobStore
import Planner
public import ResultFiles

/// A sweep's folder: its request, its cells' pictures, its table, its page, and at the end its grid.
///
/// Everything in it can be made again from the job table and the results.
public struct SweepPage {
  private var snapshot: SweepSnapshot
  private let results: ResultFolder

  /// Describes a sweep's folder.
  public init(_ snapshot: SweepSnapshot, results: ResultFolder) {
    (self.snapshot, self.results) = (snapshot, results)
  }

  /// Where it is.
  public var folder: String { snapshot.folder(in: results) }

  /// Whether nothing more will happen to the sweep by itself.
  public var isSettled: Bool { snapshot.isSettled }

  /// Whether a sweep's grid has been drawn, of all that is requested: a sweep may have grown.
  public static func isWhole(_ folder: String, request: String) -> Bool {
    let manager = FileManager.default
    guard let bytes = manager.contents(atPath: "\(folder)/sweep.yaml") else { return false }
    let written = String(decoding: bytes, as: UTF8.self)
    let text = StoredRequest.sweepFile(request)
    // A file of before there was a choice of numerics does not say them, and means the same.
    let older = text.replacing("numerics: \"portable\"\n", with: "")
    return [text, older].contains { StoredRequest.sameSweepFile(written, $0) }
      && (manager.fileExists(atPath: "\(folder)/grid.png")
        || manager.fileExists(atPath: "\(folder)/grid-1.png"))
  }

  /// What writing a sweep's folder found.
  public struct Findings: Sendable {
    /// Units that are called done and whose pictures are gone, empty or damaged: they are shown as
    /// waiting.
    public var lost: Set<Key> = []
    /// How near variants came to their re-prompts, of those that were not compared before.
    public var comparisons: [Comparison] = []

    /// Nothing was found.
    public init() {}
  }

  /// Writes what is there; the grid only when the sweep is settled and has a picture.
  ///
  /// Throws `FileError` or `ImagingError`.
  @discardableResult
  public mutating func publish() throws -> Findings {
    var findings = Findings()
    try DurableFile.makeFolder("\(folder)/cells")
    for place in [folder, "\(folder)/cells"] { DurableFile.removeUnfinished(in: place) }
    try write(StoredRequest.sweepFile(snapshot.detail.request), to: "sweep.yaml")
    findings.lost = try placePictures()
    snapshot = snapshot.without(findings.lost)
    var measuring = RePromptComparisons(snapshot, results: results)
    findings.comparisons = measuring.missing()
    snapshot.add(findings.comparisons)
    let photographs = try placePhotographs()
    let table = ResultsTable(snapshot, results: results)
    try write(table.csv, to: "results.csv")
    let hasPicture = snapshot.rows.contains { $0.cell.state == .done }
    let unreadable = UnreadablePictures()
    let grids = isSettled && hasPicture ? try drawGrid(unreadable) : []
    findings.lost.formUnion(unreadable.found.map(\.key))
    let page = IndexPage(snapshot, table, grids: grids, photographs: photographs)
    try write(page.html, to: "index.html")
    return findings
  }

  /// Puts the pictures of done cells and sources into the folder; returns the units without one.
  private func placePictures() throws -> Set<Key> {
    var lost: Set<Key> = []
    func place(_ unit: UnitFolder, _ file: String) throws {
      let isThere = try PictureFile.place(unit.picture, at: "\(folder)/\(file)")
      if !isThere { lost.insert(unit.key) }
    }
    for row in snapshot.rows where row.cell.state == .done {
      try place(results.variant(row.cell.variant.key), snapshot.file(of: row))
    }
    for source in snapshot.sources() { try place(results.source(source.source.key), source.file) }
    return lost
  }

  /// Writes the photographs, as they were cut, that are still among the inputs; returns those.
  private func placePhotographs() throws -> [SweepPhotograph] {
    try snapshot.photographs().filter { photograph in
      let path = "\(folder)/\(photograph.file)"
      if FileManager.default.fileExists(atPath: path) { return true }
      guard let bytes = try? PictureFile.bytes(results.input(photograph.image)),
        let pixels = try? PixelBuffer(
          ppm: bytes, width: photograph.source.width, height: photograph.source.height)
      else { return false }
      try DurableFile.writeRebuildable(
        [try PNGFile(pixels: pixels).encoded()], to: path)
      return true
    }
  }

  /// Draws the grid into the sweep's folder and returns the files' names. Throws `FileError` or
  /// `ImagingError`.
  private func drawGrid(_ unreadable: UnreadablePictures) throws -> [String] {
    let grid = try GridPicture(
      SweepGrid(snapshot, results: results, unreadable: unreadable).description())
    let names = grid.fileNames()
    for (tile, name) in names.enumerated() {
      try DurableFile.write([try grid.png(tile: tile)], to: "\(folder)/\(name)")
    }
    return names
  }

  private func write(_ text: String, to name: String) throws {
    try DurableFile.writeRebuildable([Array(text.utf8)], to: "\(folder)/\(name)")
  }
}
