import EditJobs
import Imaging
import JobStore
import PromptAlignment
import ResultFiles
import RunMeasures

/// Measures how near a sweep's variants came to their plain re-prompts where they were meant to differ
/// from their sources: with the distance to the source elsewhere, whether the edit happened.
///
/// The place is the one of a variant's own measures: the mask of its blend, else the place of the edited
/// words. It comes from the trajectories of source and variant.
struct RePromptComparisons {
  private let snapshot: SweepSnapshot
  private let results: ResultFolder
  private var tokenizers: [Digest: [CLIPTokenizer]] = [:]
  private var pictures: [Key: PixelBuffer] = [:]
  private var sources: [Key: TrajectoryReader] = [:]

  init(_ snapshot: SweepSnapshot, results: ResultFolder) {
    (self.snapshot, self.results) = (snapshot, results)
  }

  /// Compares what is done, has a done re-prompt and was not compared before. What cannot be read now is
  /// left out, and tried again the next time.
  mutating func missing() -> [Comparison] {
    var compared: [Comparison] = []
    var seen: Set<Key> = []
    for row in snapshot.cells + snapshot.reprompts where row.cell.state == .done {
      let key = row.cell.variant.key
      guard let plain = snapshot.rePrompt(of: row), plain.cell.state == .done,
        snapshot.comparison(of: row) == nil, seen.insert(key).inserted,
        let comparison = try? compare(row, plain)
      else { continue }
      compared.append(comparison)
    }
    return compared
  }

  private mutating func compare(_ row: ResultRow, _ plain: ResultRow) throws -> Comparison? {
    let (variant, rePrompt) = (row.cell.variant.key, plain.cell.variant.key)
    guard let source = row.cell.variant.source, let mask = try mask(row, source) else { return nil }
    let edited = try picture(results.variant(variant), keep: false)
    let original = try picture(results.variant(rePrompt), keep: true)
    guard edited.width == original.width, edited.height == original.height else { return nil }
    let psnr = mask.flatMap { edited.psnr(against: original, inside: $0) }
    return Comparison(
      variant: variant, rePrompt: rePrompt, psnrInside: psnr.map(Measures.rounded))
  }

  /// `.some(nil)` where the edit is meant to act nowhere, `nil` where that cannot be told.
  private mutating func mask(_ row: ResultRow, _ key: Key) throws -> PictureMask?? {
    guard let tokenizer = try tokenizer(row.source) else { return nil }
    let tokens = EditedTokens(
      source: try Prompt(row.source.prompt, tokenizer: tokenizer),
      edit: try Prompt(row.edit.prompt, tokenizer: tokenizer))
    guard let place = tokens.place(of: row.edit) else { return .some(nil) }
    let source = try sources[key] ?? TrajectoryReader(path: results.source(key).trajectory)
    sources[key] = source
    let variant = try TrajectoryReader(path: results.variant(row.cell.variant.key).trajectory)
    guard let header = variant.header, header.sums == source.header?.sums,
      let first = source.record(header.passes), let last = variant.record(header.passes)
    else { return nil }
    return PictureMask(
      width: row.source.width, height: row.source.height,
      flags: LocalBlend(place, of: header).picture(
        source: first, variant: last, rows: row.source.height, columns: row.source.width))
  }

  private mutating func tokenizer(_ source: SourceSpec) throws -> CLIPTokenizer? {
    if let known = tokenizers[source.model] { return known.first }
    let tokenizer = try snapshot.models[source.model].map { facts in
      try CLIPTokenizer(folder: facts.tokenizer, textLength: facts.textLength)
    }
    tokenizers[source.model] = tokenizer.map { [$0] } ?? []
    return tokenizer
  }

  private mutating func picture(_ unit: UnitFolder, keep: Bool) throws -> PixelBuffer {
    if let known = pictures[unit.key] { return known }
    let pixels = try PNGFile(decoding: try PictureFile.bytes(unit.picture)).pixels
    if keep { pictures[unit.key] = pixels }
    return pixels
  }
}
