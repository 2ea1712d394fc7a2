import Files
import Imaging
import Safetensors
import StableDiffusion

/// Why a unit, or a whole model, cannot go on, and whether trying again may help.
struct UnitFailure: Error {
  var error: EditError
  var isTransient: Bool

  init(_ error: any Error) {
    switch error {
    case let failure as UnitFailure: self = failure
    case let error as EditError:
      self.error = error
      // What a machine lacks may be installed, and another worker may have it.
      isTransient =
        error.status == .temporary || error.status == .io || error.code == "native-unavailable"
    // What was there a moment ago was taken away: the next attempt makes it anew.
    case let error as FileError:
      (self.error, isTransient) = (error.editError, error.isTransient || error.isMissing)
    case let error as ModelError: (self.error, isTransient) = (Self.model(error), false)
    case let error as SafetensorsError:
      let place = error.key.map { "\(error.file): \($0)" } ?? error.file
      self.error = EditError(
        "model-damaged", .data, "\(place): \(error.what)", hint: error.hint)
      isTransient = false
    case let error as ImagingError:
      (self.error, isTransient) = (EditError("picture", .software, "\(error)"), false)
    default:
      (self.error, isTransient) = (EditError("worker-failed", .software, "\(error)"), false)
    }
  }

  private static func model(_ error: ModelError) -> EditError {
    let place = error.key.map { "\(error.file): \($0)" } ?? error.file
    let status: ExitStatus = error.kind == .missing ? .missing : .data
    return EditError(
      "model-\(error.kind.rawValue)", status, "\(place): \(error.what)", hint: error.hint)
  }
}
