#include "server/http.hpp"

#include <algorithm>
#include <boost/url/url_view.hpp>
#include <boost/url/parse.hpp>

#include "protocol/json_text.hpp"

namespace margelle {

std::string_view Request::header(std::string_view name) const {
    const auto found = inputs.headers.find(name);
    return found == inputs.headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::string Request::user_agent() const {
    std::string text(header("user-agent").substr(0, 300));
    std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return text;
}

std::string Request::group() const {
    const auto found = inputs.path.find("group");
    return found == inputs.path.end() ? std::string{} : found->second;
}

Response json_with_etag(std::string body, int revision, int status) {
    Response response = json(std::move(body), status);
    response.headers.emplace_back("ETag", "\"r" + std::to_string(revision) + "\"");
    return response;
}

void read_target(std::string_view target, Request& request) {
    const auto parsed = boost::urls::parse_origin_form({target.data(), target.size()});
    if (!parsed) throw Error(Code::malformed, {{"/", "the address is not well formed"}});
    request.path = parsed->path();
    if (!is_text(request.path)) throw Error(Code::malformed, {{"/", "the address is not text in UTF-8"}});
    for (const auto& parameter : parsed->params()) {
        if (!is_text(parameter.key) || !is_text(parameter.value)) throw Error(Code::malformed, {{"/", "the address is not text in UTF-8"}});
        if (!request.inputs.query.emplace(parameter.key, parameter.value).second)
            throw Error(Code::malformed, {{"query/" + parameter.key, "is given twice"}});
    }
}

}  // namespace margelle
