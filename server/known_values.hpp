#pragma once

namespace margelle {

class Context;

// Holds a body against what the instance knows, which the contract cannot say: actor categories, themes, phases, time
// zones, and days that the calendar has. Throws Error(invalid) with each field named.
void check_known_values(Context& c);

}  // namespace margelle
