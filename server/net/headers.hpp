#pragma once
// What every response carries, whoever made it.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace margelle {

// Content-Security-Policy without unsafe-inline or unsafe-eval, nosniff, Referrer-Policy and the like; HSTS under
// https. `secure` says whether people reach the site by https.
std::vector<std::pair<std::string_view, std::string_view>> security_headers(bool secure);

}  // namespace margelle
