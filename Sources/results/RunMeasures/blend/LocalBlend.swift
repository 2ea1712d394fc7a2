public import EditJobs

/// The masks of a local blend, from what trajectories hold (Hertz et al. 2022, §3.2; both prompts'
/// masks are united, as in the published code).
///
/// Per prompt: the running sum over the complete steps of the mean maps, added up over the words'
/// tokens, widened by a 3×3 maximum, brought to the size of the latents by repetition, divided by its
/// largest number, compared with the threshold. Words to take out go the same way without the maximum.
///
/// It needs no weights and no model, so whoever has two trajectories can make the masks again.
public struct LocalBlend: Sendable {
  /// What is blended.
  public let blend: ResolvedBlend
  private let tokens: Int
  private let rows: Int
  private let columns: Int
  private let latentRows: Int
  private let latentColumns: Int

  /// Fits a blend to a run.
  ///
  /// - Parameters:
  ///   - sums: tokens, rows and columns of the running sums.
  ///   - latents: channels, rows and columns of the latents.
  public init(_ blend: ResolvedBlend, sums: [Int], latents: [Int]) {
    precondition(sums.count == 3 && latents.count == 3, "shapes have three axes")
    precondition(
      blend.tokens.allSatisfy { (0..<sums[0]).contains($0) }, "a word outside the prompt")
    self.blend = blend
    (tokens, rows, columns) = (sums[0], sums[1], sums[2])
    (latentRows, latentColumns) = (latents[1], latents[2])
  }

  /// Fits a blend to a run as it says of itself.
  public init(_ blend: ResolvedBlend, of run: TrajectoryHeader) {
    self.init(blend, sums: run.sums, latents: run.latents)
  }

  /// Whether the latents are blended at the end of a step.
  public func acts(step: Int) -> Bool { step >= blend.start }

  /// The mask of a step from both runs' sums (tokens, rows, columns) over the steps so far, this step
  /// included.
  public func mask(source: [Float], variant: [Float]) -> BlendMask {
    precondition(
      source.count == tokens * rows * columns && variant.count == source.count,
      "sums of another shape")
    let isOpen = zip(
      isInside(source, blend.source, pooled: true, blend.threshold),
      isInside(variant, blend.edit, pooled: true, blend.threshold)
    ).map { $0 || $1 }
    let isOut = zip(
      isInside(source, blend.substractSource, pooled: false, blend.substractThreshold),
      isInside(variant, blend.substractEdit, pooled: false, blend.substractThreshold)
    ).map { $0 || $1 }
    let small = BlendMask(
      rows: rows, columns: columns, isOpen: zip(isOpen, isOut).map { $0 && !$1 })
    return BlendMask(
      rows: latentRows, columns: latentColumns,
      isOpen: small.repeated(rows: latentRows, columns: latentColumns))
  }

  /// The part of a picture where an edit was meant to act, from the last records of both runs: one
  /// answer a pixel, row by row.
  public func picture(
    source: TrajectoryRecord, variant: TrajectoryRecord, rows: Int, columns: Int
  ) -> [Bool] {
    mask(source: source.sums, variant: variant.sums).repeated(rows: rows, columns: columns)
  }

  /// Whether the words' map is high, place by place.
  ///
  /// Repetition changes no value, so comparing may come before it. Without words, or where their map
  /// is zero everywhere, no place is.
  private func isInside(
    _ sums: [Float], _ words: [Int], pooled: Bool, _ threshold: Double
  ) -> [Bool] {
    let size = rows * columns
    var map = [Float](repeating: 0, count: size)
    for token in words {
      for place in 0..<size { map[place] += sums[token * size + place] }
    }
    if pooled { map = widened(map) }
    guard let largest = map.max(), largest != 0 else {
      return Array(repeating: false, count: size)
    }
    return map.map { $0 / largest > Float(threshold) }
  }

  /// The largest number of the 3×3 places around each.
  private func widened(_ map: [Float]) -> [Float] {
    var result = map
    for row in 0..<rows {
      for column in 0..<columns {
        for y in max(0, row - 1)...min(rows - 1, row + 1) {
          for x in max(0, column - 1)...min(columns - 1, column + 1) {
            result[row * columns + column] = max(
              result[row * columns + column], map[y * columns + x])
          }
        }
      }
    }
    return result
  }
}
