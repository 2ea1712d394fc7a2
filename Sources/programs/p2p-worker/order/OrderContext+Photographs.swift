import EditJobs
import Files
import Foundation
import Imaging
import PromptToPrompt
import ResultFiles

extension OrderContext {
  /// Where a unit begins that has no record yet: a seed's noise, the latents of the order's photograph,
  /// or for its variants the noise that its inversion found.
  func start(of unit: UnitFolder) throws -> UnitRun {
    guard let photograph = order.source.photograph else { return setting.noise() }
    guard unit.kind == .source else { return setting.begin(latents: try invertedNoise()) }
    enter(.encode, unit.key)
    let planes = try picture(photograph).planes
    // The encoder is read from the model's files here.
    return try engine.watch.reading { try setting.photograph(planes) }
  }

  /// What a source's run still needs of its inversion where an attempt goes on; empty for most.
  func trail(of attempt: UnitAttempt) throws -> [[Float]] {
    guard attempt.writer.resumedPass != nil, order.source.photograph != nil else { return [] }
    return setting.trail(in: try TrajectoryReader(path: attempt.folder.trajectory))
  }

  private func picture(_ photograph: Photograph) throws -> PixelBuffer {
    let path = results.input(photograph.image)
    func damaged(_ what: String) -> EditError {
      EditError(
        "photograph-damaged", .data, "the photograph at \(path) is not the one that was enqueued",
        details: [what], hint: "enqueue it again")
    }
    guard let bytes = FileManager.default.contents(atPath: path).map({ Array($0) }) else {
      if access(path, F_OK) == 0, access(path, R_OK) != 0 { throw FileError("open", path, errno) }
      throw EditError(
        "photograph-missing", .missing, "the photograph is not at \(path)",
        hint: "enqueue it again")
    }
    guard Digest(of: bytes) == photograph.image else {
      throw damaged("its bytes have another hash")
    }
    do {
      return try PixelBuffer(
        ppm: bytes, width: order.source.width, height: order.source.height)
    } catch let error as ImagingError { throw damaged(error.what) }
  }
}
