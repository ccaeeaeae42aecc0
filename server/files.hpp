#pragma once
#include <string_view>

namespace margelle {

// A file that the build put into the program: nda_models.json, mails.json, demo.json, common_passwords.txt.
std::string_view server_file(std::string_view name);

}  // namespace margelle
