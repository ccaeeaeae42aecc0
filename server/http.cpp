#include "server/http.hpp"

#include <boost/url/url_view.hpp>
#include <boost/url/parse.hpp>

namespace margelle {

std::string_view Request::header(std::string_view name) const {
    const auto found = inputs.headers.find(name);
    return found == inputs.headers.end() ? std::string_view{} : std::string_view(found->second);
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
    for (const auto& parameter : parsed->params()) {
        if (!request.inputs.query.emplace(parameter.key, parameter.value).second)
            throw Error(Code::malformed, {{"query/" + parameter.key, "is given twice"}});
    }
    if (request.path.find('\0') != std::string::npos) throw Error(Code::malformed);
}

}  // namespace margelle
