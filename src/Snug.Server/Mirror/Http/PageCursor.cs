using System.Buffers.Text;
using System.Text;

namespace Snug.Server;

/// <summary>Where the next page of a list begins: the last item of this one, so that pages neither repeat nor skip when the list changes.</summary>
internal static class PageCursor
{
    public const string ParameterName = "cursor";

    public static string Encode(string lastItem) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(lastItem));

    public static string? Decode(string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        return Base64Url.IsValid(cursor)
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor))
            : throw new HubErrorException(HubError.BadRequest("The cursor is not one of this mirror's."));
    }

    /// <summary>Announces the next page: the same request with one parameter changed, at the address that the client used.</summary>
    public static void SetNext(MirrorRequest request, MirrorAddresses addresses, string parameter, string value)
    {
        StringBuilder link = new();
        link.Append('<').Append(addresses.Base(request.Context)).Append(request.RawPath).Append('?');
        QueryString query = new(request.Query);
        while (query.Read())
        {
            if (query.Name != parameter)
            {
                link.Append(Uri.EscapeDataString(query.Name)).Append('=').Append(Uri.EscapeDataString(query.Value)).Append('&');
            }
        }

        link.Append(parameter).Append('=').Append(Uri.EscapeDataString(value)).Append(">; rel=\"next\"");
        request.Response.Headers.Link = link.ToString();
    }
}
