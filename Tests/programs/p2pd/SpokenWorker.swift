/// A script that speaks the worker's protocol, for the edges of it that no real worker shows on
/// purpose. It computes nothing and publishes nothing.
enum SpokenWorker {
  /// The script; `P2P_SPOKEN` in its environment chooses what goes wrong, `P2P_SPOKEN_LOG` is a file
  /// that gets one line for each start and order. `P2P_SPOKEN_MS` is what it says that a step took,
  /// `P2P_SPOKEN_KILLS` a file whose `oom_kill` it raises before it is killed for memory.
  /// `P2P_SPOKEN_KERNELS` is a file with the native kernels that it has, none where the file is not
  /// there: so `inspect` says (`lacks-kernels` says nothing there), and orders of others are refused.
  static let script = #"""
    #!/usr/bin/env bash
    note() { [ -z "${P2P_SPOKEN_LOG:-}" ] || echo "$*" >>"$P2P_SPOKEN_LOG"; }
    if [ "${1:-}" = inspect ]; then
      [ -n "${P2P_SPOKEN_KERNELS:-}" ] && [ "${P2P_SPOKEN:-}" != lacks-kernels ] || exit 64
      if [ -s "$P2P_SPOKEN_KERNELS" ]; then
        echo '{"native_kernels":"'"$(<"$P2P_SPOKEN_KERNELS")"'"}'
      else
        echo '{"native_missing":"no library"}'
      fi
      exit 0
    fi
    note "start $$"
    if [ -n "${P2P_SPOKEN_KERNELS:-}" ] && [[ " $* " == *" --numerics native "* ]]; then
      if [[ " $* " != *" --kernels $(cat "$P2P_SPOKEN_KERNELS" 2>/dev/null) "* ]]; then
        echo '{"event":"failed","code":"native-unavailable","message":"native numerics need OpenBLAS: no library","transient":true}'
        exit 69
      fi
    fi
    zeros=$(printf '0%.0s' {1..64})
    ready() {
      echo '{"event":"ready","protocol":1,"digest":"'$zeros'","fingerprint":"spoken","cpu":"none"}'
    }
    case "${P2P_SPOKEN:-good}" in
      refuses)
        echo '{"event":"failed","code":"dtype-unavailable","message":"no such CPU","transient":false}'
        echo "no such CPU" >&2; exit 69 ;;
      dies-at-start) echo "no such tensor: conv_in.weight" >&2; exit 3 ;;
      slow-start)
        for i in 1 2 3 4 5 6 7 8; do echo '{"event":"alive","phase":"load"}'; sleep 0.5; done ;;
      says-nonsense) echo 'Hello!'; sleep 60 ;;
    esac
    ready
    while IFS= read -r line; do
      case "$line" in
        '{"stop":'*) note stop; exit 0 ;;
        '{"order":'*) ;;
        *) note "$line"; continue ;;
      esac
      token=$(sed -E 's/.*"sourceKey":"[0-9a-f]*","token":([0-9]+).*/\1/' <<<"$line")
      keys=$(grep -oE '"key":"[0-9a-f]{64}"' <<<"$line" | grep -oE '[0-9a-f]{64}')
      [ -n "$keys" ] || keys=$(sed -E 's/.*"sourceKey":"([0-9a-f]{64})".*/\1/' <<<"$line")
      note "order $token $(wc -w <<<"$keys")"
      say() { echo '{"event":"'$1'","token":'$token',"unit":"'$2'"'$3'}'; }
      for key in $keys; do say begun $key ',"pass":0,"of":4'; done
      for step in 1 2 3 4; do
        # A stall before the third step of a source, and before the first one of variants.
        [ "${P2P_SPOKEN:-} $step" != "stalls $([[ $line == *'"key"'* ]] && echo 1 || echo 3)" ] || sleep 3
        case "${P2P_SPOKEN:-good}" in
          hangs) sleep 600 ;;
          hangs-loudly)
            # Fills the daemon's standard error, which nobody reads.
            for i in {1..4000}; do echo "worker: a long line of no interest, number $i of many" >&2; done
            exec sleep 600 ;;
          ignores-term) trap '' TERM; while :; do sleep 0.2; done ;;
          crashes-at-once) kill -SEGV $$ ;;
          killed-above-two)
            if [ "$(wc -w <<<"$keys")" -gt 2 ]; then
              kills=$(sed -n 's/^oom_kill //p' "${P2P_SPOKEN_KILLS:-/dev/null}")
              [ -z "$kills" ] || sed -i "s/^oom_kill .*/oom_kill $((kills + 1))/" "$P2P_SPOKEN_KILLS"
              kill -KILL $$
            fi ;;
          crashes-on-variants) [[ $line != *'"key"'* ]] || kill -SEGV $$ ;;
          slow) sleep 1.5 ;;
        esac
        for key in $keys; do
          say step $key ',"pass":'$step',"of":4,"step":'$step',"evaluations":2,"ms":'${P2P_SPOKEN_MS:-1.5}
        done
        if read -r -t 0.01 next; then
          case "$next" in '{"stop":'*)
            for key in $keys; do say dropped $key ',"pass":'$step; done
            note "stop at $step"; exit 0 ;;
          esac
        fi
      done
      for key in $keys; do
        case "${P2P_SPOKEN:-good}" in
          no-memory)
            if [ "$(wc -w <<<"$keys")" -gt 2 ]; then
              say failed $key ',"code":"out-of-memory","message":"1 GiB of tensors","transient":true,"pass":4'
            else
              say done $key ',"manifest":"'$zeros'"'
            fi ;;
          fails) say failed $key ',"code":"nan-in-latents","message":"NaN at step 2","transient":false,"pass":2' ;;
          *) say done $key ',"manifest":"'$zeros'"' ;;
        esac
      done
      echo '{"event":"idle","token":'$token'}'
    done
    """#
}
