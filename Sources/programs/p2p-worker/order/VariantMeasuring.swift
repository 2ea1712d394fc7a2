import EditJobs
import Files
import Imaging
import PromptAlignment
import ResultFiles
import RunMeasures

/// Measures a finished variant against its source.
struct VariantMeasuring {
  let order: WorkOrder
  let edit: ResolvedEdit
  let tokens: EditedTokens
  let source: TrajectoryReader
  let variant: TrajectoryReader

  /// Throws `source-missing` (transient) where a file is not whole.
  init(_ context: OrderContext, _ edit: ResolvedEdit, _ variant: TrajectoryReader) throws {
    let tokenizer = context.engine.tokenizer
    (order, self.edit, self.variant) = (context.order, edit, variant)
    source = try context.trajectory.opened()
    tokens = EditedTokens(
      source: try Prompt(context.order.source.prompt, tokenizer: tokenizer),
      edit: try Prompt(edit.prompt, tokenizer: tokenizer))
  }

  /// All measures of the variant's picture against the source's.
  func measures(
    _ picture: PixelBuffer, against original: PixelBuffer
  ) throws(EditError) -> Measures {
    guard let header = variant.header, let last = variant.record(header.passes),
      let first = source.record(header.passes), header.sums == source.header?.sums,
      original.width == picture.width, original.height == picture.height
    else {
      throw EditError(
        "source-missing", .temporary, "the source's files do not fit the variant's")
    }
    var measures = Measures(
      latentDistance: LatentDistance.between(first.latents, last.latents),
      mapDivergence: MapDivergence.between(
        source: first.sums, variant: last.sums, shape: header.sums, steps: edit.steps,
        counterparts: tokens.counterparts),
      injected: injected(header))
    let similarity = StructuralSimilarity(picture, original)
    measures.psnr = picture.psnr(against: original).map(Measures.Decibels.init)
    measures.ssim = similarity.map { Measures.rounded($0.mean) }
    guard let mask = mask(header, first, last, picture) else { return measures }
    let outside = mask.inverted
    measures.maskArea = Measures.rounded(mask.area)
    measures.psnrInside = picture.psnr(against: original, inside: mask).map(Measures.Decibels.init)
    measures.psnrOutside = picture.psnr(against: original, inside: outside)
      .map(Measures.Decibels.init)
    measures.ssimInside = similarity?.mean(inside: mask).map(Measures.rounded)
    measures.ssimOutside = similarity?.mean(inside: outside).map(Measures.rounded)
    return measures
  }

  private func injected(_ header: TrajectoryHeader) -> Int {
    (1...max(1, header.passes)).reduce(0) { sum, pass in
      (variant.record(pass)?.injected ?? []).reduce(sum) { $0 + Int($1) }
    }
  }

  /// Where the edit was meant to act; `nil` where it was meant to act nowhere.
  private func mask(
    _ header: TrajectoryHeader, _ first: TrajectoryRecord, _ last: TrajectoryRecord,
    _ picture: PixelBuffer
  ) -> PictureMask? {
    guard let place = tokens.place(of: edit), header.passes > 0 else { return nil }
    return PictureMask(
      width: picture.width, height: picture.height,
      flags: LocalBlend(place, of: header).picture(
        source: first, variant: last, rows: picture.height, columns: picture.width))
  }
}
