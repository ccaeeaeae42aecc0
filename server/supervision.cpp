#include "server/supervision.hpp"

#include <systemd/sd-daemon.h>

namespace margelle::supervision {

void ready() noexcept { sd_notify(0, "READY=1"); }

void alive() noexcept { sd_notify(0, "WATCHDOG=1"); }

void stopping() noexcept { sd_notify(0, "STOPPING=1"); }

}  // namespace margelle::supervision
