public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// What the daemon wrote down of its workers' CPUs, by place; empty where no daemon has yet.
  public func workerCPUs() throws(EditError) -> [WorkerCPU] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT place, name, bf16, kernels, lacks FROM worker_cpu ORDER BY place"
      ).map { row in
        let (kernels, lacks): (String?, String?) = (row["kernels"], row["lacks"])
        return WorkerCPU(
          place: row["place"], name: row["name"], hasBF16: row["bf16"],
          native: kernels.map(NativeSupport.kernels) ?? lacks.map(NativeSupport.missing))
      }
    }
  }

  /// Writes down the workers' CPUs and forgets those of before.
  public func setWorkerCPUs(_ cpus: [WorkerCPU], now: Int64) throws(EditError) {
    try write { db in
      try db.execute(sql: "DELETE FROM worker_cpu")
      for cpu in cpus {
        var (kernels, lacks): (String?, String?) = (nil, nil)
        switch cpu.native {
        case .kernels(let name): kernels = name
        case .missing(let reason): lacks = reason
        case nil: break
        }
        try db.execute(
          sql: """
            INSERT INTO worker_cpu (place, name, bf16, kernels, lacks, seen_ms)
            VALUES (?, ?, ?, ?, ?, ?)
            """, arguments: [cpu.place, cpu.name, cpu.hasBF16, kernels, lacks, now])
      }
    }
  }
}
