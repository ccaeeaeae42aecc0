#pragma once
// What the service manager is told (sd_notify(3)); nothing where none asked to be told.
namespace margelle::supervision {

// From now on requests are served.
void ready() noexcept;

// Still going round: to be said again and again, by whatever would hang.
void alive() noexcept;

// No more requests are taken; those under way are finished.
void stopping() noexcept;

}  // namespace margelle::supervision
