import EditJobs
import Foundation
import Imaging
import JobStore
public import ResultFiles

/// A sweep's folder: its request, its cells' pictures, its table, its page, and at the end its grid.
///
/// Everything in it can be made again from the job table and the results.
public struct SweepPage {
  private let snapshot: SweepSnapshot
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
    let written = manager.contents(atPath: "\(folder)/sweep.yaml")
    let text = RequestYAML.text(request)
    // A file of before there was a choice of numerics does not say them, and means the same.
    let older = text.replacing("numerics: \"portable\"\n", with: "")
    return [text, older].contains { written == Data($0.utf8) }
      && (manager.fileExists(atPath: "\(folder)/grid.png")
        || manager.fileExists(atPath: "\(folder)/grid-1.png"))
  }

  /// Writes what is there; the grid only when the sweep is settled and has a picture. Throws
  /// `FileError` or `ImagingError`.
  public func publish() throws {
    try DurableFile.makeFolder("\(folder)/cells")
    for place in [folder, "\(folder)/cells"] { DurableFile.removeUnfinished(in: place) }
    try write(RequestYAML.text(snapshot.detail.request), to: "sweep.yaml")
    for row in snapshot.rows where row.cell.state == .done {
      try PictureFile.place(
        results.variant(row.cell.variant.key).picture, at: "\(folder)/\(snapshot.file(of: row))")
    }
    for source in snapshot.sources() {
      try PictureFile.place(
        results.source(source.source.key).picture, at: "\(folder)/\(source.file)")
    }
    let photographs = try placePhotographs()
    try write(ResultsTable(snapshot, results: results).csv, to: "results.csv")
    let hasPicture = snapshot.rows.contains { $0.cell.state == .done }
    let grids = isSettled && hasPicture ? try drawGrid() : []
    try write(IndexPage(snapshot, grids: grids, photographs: photographs).html, to: "index.html")
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
  private func drawGrid() throws -> [String] {
    let grid = try GridPicture(SweepGrid(snapshot, results: results).description())
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
